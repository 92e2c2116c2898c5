"""What the views show, as Qt models and plain data; nothing here knows a widget."""
