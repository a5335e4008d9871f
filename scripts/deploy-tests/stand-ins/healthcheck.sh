#!/usr/bin/env bash
# Of the public image's script of this name: whether the server answers.
exec mariadb --socket=/tmp/mysqld.sock --user=root --connect-timeout=2 --execute 'SELECT 1'
