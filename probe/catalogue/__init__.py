"""rules/ (TOML) to Rule and Profile; refuses a rule whose parameters do not fit its check."""
