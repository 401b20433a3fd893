"""The doors of outside agencies: from where their people come in."""
