"""The proofs of sync: stations and county under every fault that a seed can think of, simulated in one process and on real ones."""
