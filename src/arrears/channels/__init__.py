"""One folder per way of speaking to a borrower. Plain values in, receipts out."""
