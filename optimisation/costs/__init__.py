"""What control rooms cost: the only place where money is made."""
