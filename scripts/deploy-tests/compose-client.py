"""Sends messages through the balancer until a file exists, and says how many were not answered 201.

Usage: compose-client.py URL STOP. Half of the threads keep their connection, as clients do; the others open one for each message.
"""
import http.client
import os
import sys
import threading
import time

host, stop = sys.argv[1:]
headers = {"X-Broker-Channel-Token": "orders-secret", "X-Broker-Producer-ID": "shop", "X-Broker-Producer-Token": "shop-secret",
           "Content-Type": "text/plain"}
sent, failed = [], []


def send(thread):
    connection, number = http.client.HTTPConnection(host, timeout=20), 0
    while not os.path.exists(stop):
        number += 1
        message = f"load-{thread}-{number}"
        try:
            connection.request("POST", "/channel/orders/broadcast", message, {**headers, "X-Broker-Message-ID": message})
            response = connection.getresponse()
            response.read()
            if response.status != 201:
                raise OSError(f"status {response.status}")
            sent.append(message)
        except (OSError, http.client.HTTPException) as e:
            failed.append(f"{message}: {e!r}")
            connection.close()
        if thread % 2:
            connection.close()
        time.sleep(0.05)


threads = [threading.Thread(target=send, args=(thread,)) for thread in range(4)]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(len(sent), "sent,", len(failed), "failed", *failed[:10], sep="\n" if failed else " ")
sys.exit(1 if failed or not sent else 0)
