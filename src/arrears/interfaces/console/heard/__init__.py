"""People heard: what they told us, what rests, who cares for them."""
