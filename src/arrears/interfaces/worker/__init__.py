"""The loop that sends what is due, hears what came back, clears up doubts and delivers notices to partners."""
