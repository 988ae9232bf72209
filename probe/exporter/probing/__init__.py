"""What ``/probe`` does: one probe now, of what may be probed."""
