"""Rate limits that remember no address, the counters behind them, and proof of work under load."""
