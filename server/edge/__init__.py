"""Where bytes come in and go out: deadlines, sizes, who may ask from where, and the headers of every answer."""
