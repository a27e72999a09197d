"""Who a person or a program is. What they may do at a merchant is told by listings (listings/access.py)."""
