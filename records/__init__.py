"""The study's memory: settings, enrolments, prints, readings, verdicts and page images."""
