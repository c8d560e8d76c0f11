"""Since PCD 167: plans for control rooms beside what became of them."""
