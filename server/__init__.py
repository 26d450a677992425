"""The edge: HTTP, WebSocket and terminal. The only floor that knows about requests."""
