"""What comes into a workspace: ledgers, paper and tables, withdrawals."""
