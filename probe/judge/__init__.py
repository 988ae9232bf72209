"""(rules, evidence) to findings. Pure."""

from probe.judge.assess import assess, judge
from probe.judge.plan import Plan
from probe.judge.summary import summarize

__all__ = ["Plan", "assess", "judge", "summarize"]
