<#
.SYNOPSIS
Installs cmprobe serve, the exporter, as a Windows service with the wrapper WinSW.

.DESCRIPTION
The service runs as NETWORK SERVICE. Its wrapper, configuration and log are in Directory. To remove it:
& 'C:\ProgramData\cmprobe\service\cmprobe.exe' stop, then uninstall

.PARAMETER WinSW
A release of WinSW (https://github.com/winsw/winsw) that you downloaded and whose hash you compared.
#>
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $WinSW,
    [string] $Program = "$env:ProgramFiles\cmprobe\Scripts\cmprobe.exe",
    [string] $Targets = "$env:ProgramData\cmprobe\targets",
    [string] $Directory = "$env:ProgramData\cmprobe\service",
    [string] $Listen = '127.0.0.1:9735',
    [string] $WebConfig
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

foreach ($file in @($WinSW, $Program, $Targets)) {
    if (-not (Test-Path -LiteralPath $file)) { throw "$file is not there" }
}

$arguments = "serve `"$Targets`" --listen $Listen --state `"$Directory\cmprobe.state`" --cache `"$Directory\cache`""
if ($WebConfig) { $arguments += " --web-config `"$WebConfig`"" }
$escape = { param($text) [Security.SecurityElement]::Escape($text) }

$configuration = @"
<service>
  <id>cmprobe</id>
  <name>cmprobe exporter</name>
  <description>Watches the certificates of Configuration Manager site systems</description>
  <executable>$(& $escape $Program)</executable>
  <arguments>$(& $escape $arguments)</arguments>
  <startmode>Automatic</startmode>
  <delayedAutoStart>true</delayedAutoStart>
  <stoptimeout>20 sec</stoptimeout>
  <onfailure action="restart" delay="10 sec"/>
  <resetfailure>1 hour</resetfailure>
  <serviceaccount>
    <username>NT AUTHORITY\NetworkService</username>
  </serviceaccount>
  <log mode="roll-by-size">
    <sizeThreshold>10240</sizeThreshold>
    <keepFiles>4</keepFiles>
  </log>
</service>
"@

if ($PSCmdlet.ShouldProcess('cmprobe', 'install the service')) {
    $null = New-Item -ItemType Directory -Force -Path $Directory, "$Directory\cache"
    # By its SID, because the name of the account is translated.
    $account = [Security.Principal.SecurityIdentifier]::new('S-1-5-20')
    $acl = Get-Acl -LiteralPath $Directory
    $acl.AddAccessRule([Security.AccessControl.FileSystemAccessRule]::new(
            $account, 'Modify', 'ContainerInherit,ObjectInherit', 'None', 'Allow'))
    Set-Acl -LiteralPath $Directory -AclObject $acl

    Copy-Item -LiteralPath $WinSW -Destination "$Directory\cmprobe.exe" -Force
    Set-Content -LiteralPath "$Directory\cmprobe.xml" -Value $configuration -Encoding UTF8
    & "$Directory\cmprobe.exe" install
    if ($LASTEXITCODE) { throw "WinSW ended with status $LASTEXITCODE" }
    Start-Service -Name cmprobe
}
