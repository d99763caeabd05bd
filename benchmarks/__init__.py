"""What speed is: declared workloads, peers in the same run, committed results."""
