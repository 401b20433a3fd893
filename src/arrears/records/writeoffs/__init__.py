"""Write-off proposals, their approval and posting."""
