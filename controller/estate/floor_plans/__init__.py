"""The floor plan of a site: a drawing, rebuilt from an allow-list, and the doors and rooms in it."""
