"""How long each kind of data is kept, deleted nightly when its time is over."""
