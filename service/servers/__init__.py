"""Redis and Valkey: how one is named and spoken to, which users it has, what its settings must be."""
