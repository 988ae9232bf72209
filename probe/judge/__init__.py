"""(rules, evidence) to findings. Pure."""
