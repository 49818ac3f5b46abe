module dev.corral/goform

go 1.22
