"""What the reading service needs of others, in its own words."""
