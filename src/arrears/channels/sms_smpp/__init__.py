"""SMS over SMPP 3.4: the protocol that carriers and their aggregators speak."""
