"""From answers to what people receive: scores, tables and their codebook."""
