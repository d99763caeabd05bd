"""What the knowledge bank needs of others, in its own words."""
