"""How many people to expect in each hour of the next two weeks, from hourly counts."""
