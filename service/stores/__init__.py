"""Where sealed envelopes are kept, and what every such place promises."""
