"""What every state-changing function costs, kept in a file that changes only on purpose."""
