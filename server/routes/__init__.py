"""One file a resource; a route only translates between HTTP and the house."""
