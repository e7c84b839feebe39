"""The logic of the client, written once as coroutines that wait for nothing but the port."""
