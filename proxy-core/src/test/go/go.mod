module dev.corral/godecoder

go 1.22
