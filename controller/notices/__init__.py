"""Mail to the people who booked: written in the transaction of a change, rendered when sent."""
