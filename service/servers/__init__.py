"""Redis and Valkey servers: their address and connections, their users, the checks of their settings."""
