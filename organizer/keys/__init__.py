"""The organizers' keys: the root under a passphrase, the key of each period, cards, what is public of them."""
