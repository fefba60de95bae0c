"""Problems that people of a booking report: the tap drips, the heating is off. Who runs the site ticks them off."""
