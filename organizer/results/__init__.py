"""Results: the tally of decisions, the publication, its order, its checks, its difference from the one before."""
