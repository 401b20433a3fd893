"""May this contact be made now, and if not, why and when? Facts in, a verdict with citations out.

`facts` says what is judged, `packs` what a rule is, `reading` turns a pack's file into rules, `judging` judges one
contact, `columns` many at once with the same result. Nothing here knows a database, a vendor or the time.
"""
