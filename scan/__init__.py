"""From scanned pictures to readings: finds the page, measures marks, names doubts."""
