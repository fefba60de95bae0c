"""The digest: a daily mail to those who run a site, of what waits for them."""
