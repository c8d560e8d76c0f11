"""What every page shares: the page, its offline assets, layers, tables, legends and wording."""
