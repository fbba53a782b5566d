#!/bin/sh
sed "s/color: .*/color: \"$1\"/"
