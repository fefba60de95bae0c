"""What a later release may bring, so that upgrades are tested while there is one revision."""
