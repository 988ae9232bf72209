"""The asyncio pipeline from targets to results: limits, deadlines, progress."""
