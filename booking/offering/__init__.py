"""What a merchant offers to be booked: services, resources, days out of the ordinary. Under /v1/merchant/."""
