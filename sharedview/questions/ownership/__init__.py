"""What public and private cameras see, and what joining them would add."""
