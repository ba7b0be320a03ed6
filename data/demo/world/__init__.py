"""The made-up company behind the demo: its customers, deals, subscriptions, usage and wishes."""
