<#
.SYNOPSIS
Registers a scheduled task that scans the certificates of Configuration Manager site systems.

.DESCRIPTION
The task runs as NETWORK SERVICE and writes a JSON report, or with -Textfile the file that
windows_exporter's textfile collector reads. Run again, it replaces the task. To remove it:
Unregister-ScheduledTask -TaskName 'cmprobe scan'

.PARAMETER Textfile
Write metrics into TextfileDirectory in the place of a JSON report.
#>
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $Program = "$env:ProgramFiles\cmprobe\Scripts\cmprobe.exe",
    [string] $Targets = "$env:ProgramData\cmprobe\targets",
    [string] $ReportDirectory = "$env:ProgramData\cmprobe\report",
    [string] $TextfileDirectory = "$env:ProgramFiles\windows_exporter\textfile_inputs",
    [switch] $Textfile,
    [ValidateRange(1, 24)] [int] $EveryHours = 6,
    [string] $TaskName = 'cmprobe scan'
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

if (-not (Test-Path -LiteralPath $Program -PathType Leaf)) { throw "$Program is not there: install cmprobe first" }
if (-not (Test-Path -LiteralPath $Targets)) { throw "$Targets is not there: put your inventories into it" }

$directory = if ($Textfile) { $TextfileDirectory } else { $ReportDirectory }
$output = if ($Textfile) { "prometheus=$directory\cmprobe.prom" } else { "json=$directory\report.json" }

# By its SID, because the name of the account is translated.
$account = [Security.Principal.SecurityIdentifier]::new('S-1-5-20')

if ($PSCmdlet.ShouldProcess($directory, 'create, and let NETWORK SERVICE write')) {
    $null = New-Item -ItemType Directory -Force -Path $directory
    $acl = Get-Acl -LiteralPath $directory
    $acl.AddAccessRule([Security.AccessControl.FileSystemAccessRule]::new(
            $account, 'Modify', 'ContainerInherit,ObjectInherit', 'None', 'Allow'))
    Set-Acl -LiteralPath $directory -AclObject $acl
}

$action = New-ScheduledTaskAction -Execute $Program `
    -Argument "scan `"$Targets`" --quiet --output `"$output`"" -WorkingDirectory $directory
$trigger = New-ScheduledTaskTrigger -Once -At (Get-Date).Date `
    -RepetitionInterval (New-TimeSpan -Hours $EveryHours) -RandomDelay (New-TimeSpan -Minutes 15)
$settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew `
    -ExecutionTimeLimit (New-TimeSpan -Minutes 30)
$principal = New-ScheduledTaskPrincipal -UserId $account.Value -LogonType ServiceAccount -RunLevel Limited

if ($PSCmdlet.ShouldProcess($TaskName, 'register')) {
    Register-ScheduledTask -TaskName $TaskName -Action $action -Trigger $trigger -Settings $settings `
        -Principal $principal -Force `
        -Description 'Scans the certificates of Configuration Manager site systems'
}
