"""What is where on paper: the one description that printer and scanner share."""
