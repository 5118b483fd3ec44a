print("pastfs")
